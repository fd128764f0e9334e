;; A string is not cut at a null: its two is shown.
(core:display (list->string (list #\nul #\2)))
