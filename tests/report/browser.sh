# A headless Chromium, driven by the WebDriver protocol with curl and jq. Sourced; the caller has a scratch folder.
#
#   browser_start FOLDER [dark] [no-script]   starts Chromium with a new profile in FOLDER; `browser_stop` ends it
#   browser_open URL                   loads a page
#   browser_value SCRIPT               runs JavaScript in the page, prints what it returns, text as it is
#   browser_click SELECTOR             clicks the middle of the first such element, as a mouse does; fails if something covers it
#   browser_type SELECTOR TEXT         types into a field
#   browser_console                    prints what the page complained about, a line for each; nothing is good
#   browser_picture FILE, browser_print FILE     what one sees as PNG; what the printer gets as PDF
#
# No request leaves the machine: Chromium gets a proxy that does not exist, and is told to start nothing in the background.

browser_start() {
    local folder=$1 wishes=" ${*:2} " attempt
    mkdir -p "$folder/profile"
    # Here first: the shell in the background opens it when it comes to it.
    : >"$folder/driver.log"
    chromedriver --port=0 --log-level=SEVERE >>"$folder/driver.log" 2>&1 &
    browser_pid=$!
    # It says its port when it listens.
    await $browser_pid "chromedriver listens on a port" grep -q ' started successfully on port [0-9]' "$folder/driver.log"
    browser_port=$(sed -n 's/.* started successfully on port \([0-9]*\).*/\1/p' "$folder/driver.log")
    # chromedriver gives Chromium a minute to start, which it may need on a busy machine: then once more.
    browser_session=''
    for attempt in 1 2 3 4 5; do
        if browser_session=$(browser_new "$folder" "$wishes"); then return; fi
        echo "attempt $attempt to start Chromium failed"
    done
    cat "$folder/driver.log"
    return 1
}

# browser_new FOLDER WISHES: starts Chromium, prints the session's name. No script and no page has a time limit of its own.
browser_new() {
    browser_call POST session "$(jq -n --arg profile "$1/profile" --arg wishes "$2" --argjson limit "$((hang * 1000))" '($wishes | contains(" no-script ")) as $mute | {
        capabilities: {alwaysMatch: {
            browserName: "chrome",
            timeouts: {script: $limit, pageLoad: $limit},
            "goog:loggingPrefs": {browser: "ALL"},
            "goog:chromeOptions": {args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
                "--proxy-server=127.0.0.1:9", "--window-size=1280,900",
                "--user-data-dir=\($profile)", (if $wishes | contains(" dark ") then "--force-dark-mode" else empty end)],
                prefs: (if $mute then {"profile.managed_default_content_settings.javascript": 2} else {} end)}
        }}}')" | jq -er .sessionId
}

browser_stop() {
    [ -z "${browser_session:-}" ] || browser_call DELETE "session/$browser_session" >/dev/null || true
    kill "$browser_pid" 2>/dev/null || true
    wait "$browser_pid" 2>/dev/null || true
}

# browser_call METHOD PATH [JSON]: the protocol's answer without its wrapping; its error on standard error.
browser_call() {
    local answer
    answer=$(curl -s -m "$hang" --noproxy '*' -X "$1" -H 'Content-Type: application/json' ${3:+--data-binary @-} \
        "http://127.0.0.1:$browser_port/$2" <<<"${3:-}") || { echo "expected: an answer of chromedriver to $1 $2" >&2; return 1; }
    jq -e 'if (.value | type) == "object" and .value.error then error("\(.value.error): \(.value.message)") else true end' \
        <<<"$answer" >/dev/null || { echo "expected: $1 $2 works" >&2; return 1; }
    jq .value <<<"$answer"
}

browser_open() { browser_call POST "session/$browser_session/url" "$(jq -n --arg url "$1" '{$url}')" >/dev/null; }

browser_value() {
    browser_call POST "session/$browser_session/execute/sync" "$(jq -n --arg script "$1" '{$script, args: []}')" | jq -r .
}

browser_element() {
    browser_call POST "session/$browser_session/element" "$(jq -n --arg value "$1" '{using: "css selector", $value}')" | jq -er '.[]'
}

browser_click() {
    local element
    element=$(browser_element "$1")
    browser_call POST "session/$browser_session/element/$element/click" '{}' >/dev/null
}

# browser_type SELECTOR TEXT: types into a field.
browser_type() {
    local element
    element=$(browser_element "$1")
    browser_call POST "session/$browser_session/element/$element/value" "$(jq -n --arg text "$2" '{$text}')" >/dev/null
}

browser_console() {
    browser_call POST "session/$browser_session/se/log" '{"type": "browser"}' | jq -r '.[] | "\(.level): \(.message)"'
}

browser_picture() { browser_call GET "session/$browser_session/screenshot" | jq -r . | base64 -d >"$1"; }

browser_print() {
    browser_call POST "session/$browser_session/print" '{"page": {"width": 21.0, "height": 29.7}, "margin": {"top": 1.4, "bottom": 1.6, "left": 1.4, "right": 1.4}}' |
        jq -r . | base64 -d >"$1"
}
