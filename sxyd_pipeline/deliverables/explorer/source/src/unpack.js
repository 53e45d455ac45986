// Base64 of gzip, as everything large travels inside the page.
export function bytesOf(base64) {
  const text = atob(base64.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export async function unzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function embedded(id) {
  const element = document.getElementById(id);
  if (!element) return null;
  return unzip(bytesOf(element.textContent));
}

export async function embeddedJson(id) {
  const bytes = await embedded(id);
  return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes));
}
