#!/bin/sh
# Prints what `plumbline validate` plans beside what `plumbline sft` then takes at its peak.
#   sh tools/memory-plan.sh [FOLDER]
# Random llamas of three sizes, full and lora, 4 rows of 512 tokens at once, 3 steps; all of it lies in FOLDER (a new one
# without it). Needs Linux (/proc), a JDK, 8 GiB and about ten minutes on 2 idle cores.
# SIZES="small medium", METHODS="full lora" and FLAGS="--dtype bfloat16" choose otherwise.
set -eu

home=$(cd "$(dirname "$0")/.." && pwd)
target=$home/pipeline/${PLUMBLINE_TARGET:-target}
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"

# vocabulary, hidden size, MLP, layers, heads
shape() {
  case $1 in
    small) echo 8192 256 704 4 4 ;;
    medium) echo 16384 512 1376 8 8 ;;
    large) echo 32768 1024 2752 12 16 ;;
    *) echo "error: size $1 is unknown; needed: small, medium or large" >&2; exit 2 ;;
  esac
}

# The highest resident size in KiB of a process that runs to its end.
peak() {
  "$@" >"$folder/log" 2>&1 &
  process=$!
  highest=0
  while kill -0 "$process" 2>/dev/null; do
    now=$(awk '/VmHWM/ {print $2}' "/proc/$process/status" 2>/dev/null || true)
    [ -z "$now" ] || highest=$now
    sleep 0.1
  done
  if ! wait "$process"; then tail -n 5 "$folder/log" >&2; exit 1; fi
  echo "$highest"
}

"$home/plumbline" --version >/dev/null
printf '%-8s %-6s %12s %12s %9s\n' size method 'planned MiB' 'measured MiB' 'plan off'
for size in ${SIZES:-small medium large}; do
  model=$folder/$size
  # shellcheck disable=SC2046 # five words
  [ -f "$model/rows.jsonl" ] || java -Xmx2g -DOPT_OUT_TRACKING=true -DDJL_OFFLINE=true -cp "$target/plumbline.jar:$target/lib/*" \
    "$home/tools/MemoryModels.java" "$model" $(shape "$size") >"$folder/log" 2>&1
  for method in ${METHODS:-full lora}; do
    set -- --model "$model" --data "$model/rows.jsonl" --method "$method" --max-length 512 --validation-share 0 \
      --training.steps 3 --training.batch-size 4
    cat >"$folder/recipe.yaml" <<RECIPE
run: {name: memory}
stages:
  - sft: {model: $model, data: $model/rows.jsonl, method: $method, max_length: 512, validation_share: 0, training: {steps: 3, batch_size: 4}}
RECIPE
    plan_flags=
    for flag in ${FLAGS:-}; do
      case $flag in
        --*) key=$(echo "${flag#--}" | tr - _) ;;
        *) plan_flags="$plan_flags --set sft.$key=$flag" ;;
      esac
    done
    # shellcheck disable=SC2086 # words
    planned=$("$home/plumbline" validate "$folder/recipe.yaml" --json $plan_flags 2>/dev/null |
      sed 's/.*"sum":\([0-9]*\),"fits".*/\1/')
    run=$(mktemp -d "$folder/run.XXXX")
    # shellcheck disable=SC2086 # words
    measured=$(peak "$home/plumbline" sft "$@" ${FLAGS:-} --output "$run")
    rm -rf "$run"
    awk -v s="$size" -v m="$method" -v p="$planned" -v k="$measured" \
      'BEGIN {printf "%-8s %-6s %12.0f %12.0f %+8.1f%%\n", s, m, p / 1048576, k / 1024, (p / 1024 / k - 1) * 100}'
  done
done
