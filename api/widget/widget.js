// The script of the widget, the only one that a page has to name:
// <script type="module" src="https://HOST/widget.js"></script><saywhere-chat></saywhere-chat>

import { SaywhereChat } from "./element.js";

if (!customElements.get("saywhere-chat")) customElements.define("saywhere-chat", SaywhereChat);
