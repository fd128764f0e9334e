# What bash is tried with when it has just been built: check.sh FILE writes its answers to FILE. Nothing here is in dash.
exec >"$1"
export LC_ALL=C
list=(one two "three four"); list+=(five)
echo "${#list[@]} ${list[2]} ${list[@]:1:2} ${!list[@]}"
declare -A map=([key]=value [other]=thing); for key in key other; do echo "$key=${map[$key]}"; done
[[ release-5.2.15 =~ ([0-9]+)\.([0-9]+) ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
[[ abc == a*c && ! abc < abb ]] && echo pattern
for ((i = 0; i < 3; i++)); do printf '%s ' $((2 ** i)); done; echo
echo {a,b}{1..3} ${list[0]^^} ${list[1]/w/W} ${list[2]: -4}
read -r first second <<<"here string"; echo "$second $first"
mapfile -t lines <<<$'x\ny'; echo "${lines[@]}"
function fail { return 3; }; fail || echo "status $?"
echo "a b" | while read -r x y; do echo "$y$x"; done; echo "${PIPESTATUS[@]}"
shopt -s extglob nullglob; touch f1 f2 g1
echo f+([0-9]) !(f*|answers) none*
printf -v text '%q' "it's"; echo "$text"; printf '%(%Y)T\n' 86400
declare -i n=5; n+=7; echo $n; local x 2>/dev/null || echo "no function"
coproc cat; echo to coproc >&"${COPROC[1]}"; read -r line <&"${COPROC[0]}"; echo "$line"
cat <(echo substituted) <(echo twice)
trap 'echo end' EXIT
select_not=1; case abc in a*) echo first ;;& *c) echo second ;; esac
