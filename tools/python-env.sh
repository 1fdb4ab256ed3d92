#!/bin/sh
# Makes the Python environment that the tests against transformers, PEFT and TensorBoard use.
#   sh tools/python-env.sh FOLDER        then: mvn verify -Dplumbline.python=FOLDER/bin/python
# PYTHON names another interpreter than python3; pip's own settings decide where packages come from.
set -eu

if [ $# -ne 1 ] || [ "${1#-}" != "$1" ]; then
  echo "usage: sh tools/python-env.sh FOLDER" >&2
  exit 2
fi
folder=$1
python=${PYTHON:-python3}
requirements="torch==2.15.0 transformers==5.23.0 peft==0.21.2 safetensors==0.8.0 tokenizers==0.23.3
  tensorboard==2.21.0 protobuf==7.36.2 setuptools==84.2.1 numpy==2.4.6 Jinja2==3.1.6"

if ! command -v "$python" >/dev/null 2>&1; then
  echo "error: no $python found; install Python 3.11 or newer, or name one by PYTHON" >&2
  exit 2
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "error: $python is $("$python" --version 2>&1); needed: Python 3.11 or newer" >&2
  exit 2
fi
if [ -e "$folder" ] && [ ! -x "$folder/bin/python" ]; then
  echo "error: $folder exists and is no Python environment; give another folder" >&2
  exit 2
fi

[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
folder=$(cd "$folder" && pwd)
# shellcheck disable=SC2086 # a list of words
"$folder/bin/python" -m pip install --disable-pip-version-check --quiet $requirements
"$folder/bin/python" -c 'import peft, safetensors, tensorboard, torch, transformers'
echo "-Dplumbline.python=$folder/bin/python"
