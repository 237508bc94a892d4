"""Recognition of the text of scanned pages (OCR) by Tesseract, where it is installed."""
