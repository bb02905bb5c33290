// The scripts of a page whose form has a challenge, sent as one file (campaign/web/core/assets.py).
import "./campaign.js";
import "./challenge.js";
