import express from "express";

const app = express();
const port = process.env.PORT ?? 3000;

app.use(express.static("public"));
app.get("/api/time", (request, response) => {
  response.json({ now: new Date().toISOString() });
});

const server = app.listen(port, () => console.log(`listening on ${port}`));
process.on("SIGTERM", () => server.close());
