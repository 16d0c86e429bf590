// Everything the pages do with scripts. Reading and replying work without any of it.
import "./live.js";
import "./canned.js";
import "./composer.js";
import "./drip.js";
import "./keys.js";
import "./narrowing.js";
import "./panes.js";
import "./staying.js";
import "./presence.js";
import "./shortcuts.js";
import "./tapbacks.js";
import "./toasts.js";
import "./selection.js";
import "./picking.js";
import "./slots.js";
import "./quick.js";
import "./fields.js";
