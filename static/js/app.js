// Everything the pages do with scripts. Reading and replying work without any of it.
import "./live.js";
import "./composer.js";
import "./inbox.js";
import "./tapbacks.js";
import "./toasts.js";
