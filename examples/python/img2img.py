"""Starts a job from a picture, prints its progress and saves the result. Standard library alone.

    python3 img2img.py cat.png "a red boat" out.png
"""

import base64
import json
import os
import sys
import urllib.request

URL = os.environ.get("LATENTQL_URL", "http://127.0.0.1:4000")
KEY = os.environ.get("LATENTQL_KEY")

MAKE = """
mutation ($input: Img2ImgInput!) {
  img2img(input: $input) { job { id } userErrors { message } }
}
"""

PROGRESS = """
subscription ($jobId: ID!) {
  img2imgProgress(jobId: $jobId) { job { status step totalSteps error { message } images { url } } }
}
"""


def send(query, variables, accept="application/json"):
    headers = {"Content-Type": "application/json", "Accept": accept}
    if KEY:
        headers["Authorization"] = f"Bearer {KEY}"
    body = json.dumps({"query": query, "variables": variables}).encode()
    return urllib.request.urlopen(urllib.request.Request(f"{URL}/graphql", body, headers))


def ask(query, variables):
    answer = json.load(send(query, variables))
    if "errors" in answer:
        raise SystemExit(answer["errors"][0]["message"])
    return answer["data"]


def listen(query, variables):
    """The data of each event of a subscription, until it completes."""
    for line in send(query, variables, "text/event-stream"):
        event = line.decode().strip()
        if event.startswith("data: {"):
            yield json.loads(event[len("data: ") :])["data"]


picture, prompt, out = sys.argv[1:]
with open(picture, "rb") as file:
    source = "data:image/png;base64," + base64.b64encode(file.read()).decode()
settings = {
    "modelName": "starter",
    "imageUrl": source,
    "prompt": prompt,
    "negativePrompt": "",
    "steps": int(os.environ.get("STEPS", 20)),
    "cfg": 6,
    "width": 256,
    "height": 256,
}
answer = ask(MAKE, {"input": settings})["img2img"]
if not answer["job"]:
    raise SystemExit(answer["userErrors"][0]["message"])
for event in listen(PROGRESS, {"jobId": answer["job"]["id"]}):
    job = event["img2imgProgress"]["job"]
    print(job["status"], f"{job['step']}/{job['totalSteps']}", flush=True)
if job["status"] != "SUCCEEDED":
    raise SystemExit(job["error"]["message"] if job["error"] else job["status"])
urllib.request.urlretrieve(job["images"][0]["url"], out)
