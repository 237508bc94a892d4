// The one script a page names:
// <script type="module" src="https://HOST/widget.js"></script><saywhere-chat></saywhere-chat>

import { SaywhereChat } from "./element.js";

if (!customElements.get("saywhere-chat")) customElements.define("saywhere-chat", SaywhereChat);
