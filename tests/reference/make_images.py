"""Records what PIL makes of small images, for the tests of datasets/: ../fixtures/images/.

Needs Debian 12's python3-pil (9.4.0).  The operations are called as torchvision's AutoAugment calls them on PIL images.

  decode/*            files of every kind that is read, each beside NAME.expected.png, PIL's convert("RGB") of it
  photo.jpg           a smooth picture whose colours are sampled at every other pixel (4:2:0), as cameras do; photo-32.png: Resize(32) of it
  square/*.png        HxW-SIZE.png: Resize(SIZE) and CenterCrop(SIZE) of HxW.png, as torchvision does them
  operations.png      tiles below each other: two sources, then a result for each line of operations.txt
  operations.txt      lines SOURCE OPERATION MAGNITUDE
"""
import math
import pathlib
import random
import struct
import zlib

from PIL import Image, ImageEnhance, ImageOps

OUT = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "images"
BILINEAR, NEAREST = Image.Resampling.BILINEAR, Image.Resampling.NEAREST


def picture(height, width, seed, low=0, high=255):
    """A smooth gradient with blocks of other colours and noise."""
    draw = random.Random(seed)
    blocks = [[[draw.randint(-70, 70) for _ in range(3)] for _ in range(6)] for _ in range(6)]
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            block = blocks[y * 6 // height][x * 6 // width]
            base = (255 * x / width, 255 * y / height, 255 * (1 - x / width))
            value = [b + d + draw.randint(-12, 12) for b, d in zip(base, block)]
            image.putpixel((x, y), tuple(low + (high - low) * max(0, min(255, int(v))) // 255 for v in value))
    return image


def deep(image):
    """A PNG of 16 bits per channel, which PIL reads and does not write: the picture's bytes with others below them."""
    width, height = image.size
    draw = random.Random(5)
    rows = b"".join(
        b"\0" + bytes(b for x in range(width) for value in image.getpixel((x, y)) for b in (value, draw.randrange(256))) for y in range(height))

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def square(image, size):
    width, height = image.size
    short, long = min(width, height), max(width, height)
    new_short, new_long = size, int(size * long / short)
    new_width, new_height = (new_short, new_long) if width <= height else (new_long, new_short)
    image = image.resize((new_width, new_height), BILINEAR)
    top, left = int(round((new_height - size) / 2.0)), int(round((new_width - size) / 2.0))
    return image.crop((left, top, left + size, top + size))


def affine(image, matrix):
    return image.transform(image.size, Image.Transform.AFFINE, matrix, NEAREST, fillcolor=None)


OPERATIONS = {
    "Identity": (lambda i, m: i, [0]),
    "ShearX": (lambda i, m: affine(i, [1, math.tan(math.atan(m)), 0, 0, 1, 0]), [0.3, 0.1, -0.2, -0.3]),
    "ShearY": (lambda i, m: affine(i, [1, 0, 0, math.tan(math.atan(m)), 1, 0]), [0.3, 0.1, -0.2, -0.3]),
    "TranslateX": (lambda i, m: affine(i, [1, 0, -int(m), 0, 1, 0]), [4.9, 1.2, -4.9, -0.9, 100]),
    "TranslateY": (lambda i, m: affine(i, [1, 0, 0, 0, 1, -int(m)]), [4.9, 1.2, -4.9, -0.9, 100]),
    "Rotate": (lambda i, m: i.rotate(m, NEAREST, False, None, fillcolor=None), [30, 20 / 3, -10 / 3, -30]),
    "Brightness": (lambda i, m: ImageEnhance.Brightness(i).enhance(1 + m), [0.9, 0.3, -0.4, -0.9]),
    "Colour": (lambda i, m: ImageEnhance.Color(i).enhance(1 + m), [0.9, 0.3, -0.4, -0.9]),
    "Contrast": (lambda i, m: ImageEnhance.Contrast(i).enhance(1 + m), [0.9, 0.3, -0.4, -0.9]),
    "Sharpness": (lambda i, m: ImageEnhance.Sharpness(i).enhance(1 + m), [0.9, 0.3, -0.4, -0.9]),
    "Posterize": (lambda i, m: ImageOps.posterize(i, int(m)), [4, 5, 7, 8]),
    "Solarize": (lambda i, m: ImageOps.solarize(i, m), [0, 28.25, 170, 255]),
    "AutoContrast": (lambda i, m: ImageOps.autocontrast(i), [0]),
    "Equalize": (lambda i, m: ImageOps.equalize(i), [0]),
    "Invert": (lambda i, m: ImageOps.invert(i), [0]),
}


def main():
    for folder in ("decode", "square"):
        (OUT / folder).mkdir(parents=True, exist_ok=True)

    image = picture(9, 13, 1)
    alpha = Image.linear_gradient("L").resize(image.size)
    coloured = image.copy()
    coloured.putalpha(alpha)
    shaded = image.convert("L")
    shaded.putalpha(alpha)
    kinds = {
        "rgb.png": image, "grey.png": image.convert("L"), "alpha.png": coloured, "grey-alpha.png": shaded,
        "palette.png": image.quantize(16), "bits.png": image.convert("1"), "rgb.bmp": image, "rgb.jpg": picture(24, 32, 2),
        "grey.jpg": picture(24, 32, 3).convert("L"),
    }
    for name, kind in kinds.items():
        kind.save(OUT / "decode" / name, **({"quality": 95, "subsampling": 0} if name.endswith("jpg") else {}))
        Image.open(OUT / "decode" / name).convert("RGB").save(OUT / "decode" / f"{name}.expected.png")

    (OUT / "decode" / "rgb16.png").write_bytes(deep(image))
    Image.open(OUT / "decode" / "rgb16.png").convert("RGB").save(OUT / "decode" / "rgb16.png.expected.png")
    picture(32, 32, 4).resize((256, 256), Image.Resampling.BICUBIC).save(OUT / "photo.jpg", quality=90, subsampling=2)
    square(Image.open(OUT / "photo.jpg"), 32).save(OUT / "photo-32.png")

    for height, width, sizes in ((45, 31, (32, 8, 31)), (20, 53, (32, 9, 20)), (8, 8, (32, 3)), (9, 8, (8,)), (11, 8, (8,))):
        image = picture(height, width, height)
        image.save(OUT / "square" / f"{height}x{width}.png")
        for size in sizes:
            square(image, size).save(OUT / "square" / f"{height}x{width}-{size}.png")

    sources = [picture(20, 24, 5), picture(20, 24, 6, 60, 90)]
    tiles, lines = list(sources), []
    for operation, (apply, magnitudes) in OPERATIONS.items():
        for magnitude in magnitudes:
            for number, source in enumerate(sources):
                tiles.append(apply(source.copy(), magnitude))
                lines.append(f"{number} {operation} {magnitude!r}\n")
    sheet = Image.new("RGB", (24, 20 * len(tiles)))
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (0, 20 * number))
    sheet.save(OUT / "operations.png", optimize=True)
    (OUT / "operations.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
