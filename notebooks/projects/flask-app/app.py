"""A web page that greets whoever asks. Run it, then open http://localhost:5000/?name=Ada."""

from flask import Flask, render_template, request

app = Flask(__name__)


@app.get("/")
def hello():
    return render_template("index.html", name=request.args.get("name", "world"))


@app.get("/health")
def health():
    return {"status": "ok"}
