#!/bin/sh
# Uploads a picture, starts a job from it, follows it and downloads the result.
#   ./img2img.sh cat.png "a red boat" out.png
set -eu
url=${LATENTQL_URL:-http://127.0.0.1:4000}
picture=$1 prompt=$2 out=$3
steps=${STEPS:-20}

# GraphQL multipart request: the file stands in the place of a null among the variables.
id=$(curl -sSf "$url/graphql" \
  -H 'GraphQL-Preflight: 1' \
  -F 'operations={"query":"mutation ($file: Upload!) { uploadImage(file: $file) { image { id } userErrors { message } } }","variables":{"file":null}}' \
  -F 'map={"0":["variables.file"]}' \
  -F "0=@$picture" |
  sed -n 's/.*"id":"\([^"]*\)".*/\1/p')

job=$(curl -sSf "$url/graphql" -H 'Content-Type: application/json' -d @- <<EOF | sed -n 's/.*"id":"\([^"]*\)".*/\1/p'
{"query":"mutation (\$input: Img2ImgInput!) { img2img(input: \$input) { job { id } userErrors { message } } }",
 "variables":{"input":{"modelName":"starter","imageId":"$id","prompt":"$prompt","negativePrompt":"","steps":$steps,"cfg":6,"width":256,"height":256}}}
EOF
)

# Server-sent events until the job ends; --no-buffer prints them as they come.
last=$(curl -sSf --no-buffer "$url/graphql" \
  -H 'Content-Type: application/json' -H 'Accept: text/event-stream' \
  -d "{\"query\":\"subscription { img2imgProgress(jobId: \\\"$job\\\") { job { status step images { url } } } }\"}" |
  sed -n 's/^data: //p' | tee /dev/stderr | grep img2imgProgress | tail -n 1)

curl -sSf -o "$out" "$(echo "$last" | sed -n 's/.*"url":"\([^"]*\)".*/\1/p')"
