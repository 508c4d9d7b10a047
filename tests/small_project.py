"""The files beside the Dockerfile of most tests: two to copy, a folder, and one that .dockerignore leaves out."""

FILES = {
    "app.py": "app\n",
    "requirements.txt": "flask\n",
    "src/a": "a\n",
    "secret.md": "s\n",
    ".dockerignore": "*.md\n",
}
