// @ts-check
// The picture of a demo, drawn by Python, and the sentence that says what is seen.

/** @param {{ model: any, el: HTMLElement }} view */
function render({ model, el }) {
  const picture = document.createElement("canvas"), sentence = document.createElement("div");
  picture.className = "nnteach-picture";
  picture.style.cssText = "display: block; width: 100%; max-width: 1440px; height: auto";
  picture.setAttribute("role", "img");
  sentence.className = "nnteach-say";
  sentence.setAttribute("role", "status");
  sentence.setAttribute("aria-live", "polite");
  el.append(picture, sentence);
  let came = 0, drawn = 0;
  // A bitmap is unpacked beside the page and drawn at once; as the source of an image it would be read twice more.
  const update = async () => {
    const turn = ++came, say = model.get("say");
    const bitmap = await createImageBitmap(new Blob([model.get("jpeg")], { type: "image/jpeg" }));
    if (turn < drawn) return bitmap.close();  // a later one was quicker
    drawn = turn;
    if (picture.width !== bitmap.width) [picture.width, picture.height] = [bitmap.width, bitmap.height];
    picture.getContext("2d", { alpha: false })?.drawImage(bitmap, 0, 0);
    bitmap.close();  // while a slider is dragged, nobody collects them in time
    picture.setAttribute("aria-label", model.get("title"));
    sentence.textContent = say;
  };
  model.on("change:jpeg", update);
  update();
  return () => model.off("change:jpeg", update);
}

export default { render };
