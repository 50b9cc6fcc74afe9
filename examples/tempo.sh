#!/usr/bin/env bash
# Sets the tempo from bash, without other programs: examples/tempo.sh 128 [HOST PORT]
set -euo pipefail

bpm=${1:?usage: tempo.sh BPM [HOST PORT]}
exec 3<>"/dev/tcp/${2:-127.0.0.1}/${3:-9005}"
printf '{"action": "set_tempo", "bpm": %s}\n' "$bpm" >&3
IFS= read -r answer <&3
printf '%s\n' "$answer"
[[ $answer == *'"ok":true'* ]]
