"""Files as people bring them, made here: photos with a camera's time and place, contracts, and what must not come in."""

import io
import zipfile
from datetime import datetime
from fractions import Fraction

from openpyxl import Workbook
from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

DAWA = (40.99, 122.07)
SHENYANG = (41.80, 123.43)


def _dms(value):
    parts, rest = [], Fraction(abs(value)).limit_denominator(10**6)
    for _ in range(2):
        parts.append(IFDRational(int(rest), 1))
        rest = (rest - int(rest)) * 60
    return (*parts, IFDRational(round(rest * 1000), 1000))


TAKEN = datetime(2024, 5, 6, 9, 30)  # noqa: DTZ001 - a camera's local time


def photo(path, *, taken=TAKEN, place=DAWA, size=(320, 240), kind="JPEG", noise=0):
    """A picture with the time and place of a camera; None leaves either out."""
    image = Image.new("RGB", size, (90 + noise % 100, 120, 80))
    exif = Image.Exif()
    exif[0x010F] = "Test Camera"
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
    if place:
        latitude, longitude = place
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = "N" if latitude >= 0 else "S", _dms(latitude)
        gps[3], gps[4] = "E" if longitude >= 0 else "W", _dms(longitude)
    image.save(path, kind, exif=exif)
    return path


def contract(path, *lines):
    """A PDF with Chinese text in it."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), invariant=1)
    canvas.setFont("STSong-Light", 14)
    for n, line in enumerate(lines or ("施工合同", "发包人：甲实业有限公司")):
        canvas.drawString(72, 760 - 24 * n, line)
    canvas.save()
    return path


def scripted(path):
    """A PDF that runs a script when it is opened."""
    writer = PdfWriter(clone_from=io.BytesIO(contract(path).read_bytes()))
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x');")}
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(script))
    writer.write(path)
    return path


def locked(path):
    writer = PdfWriter(clone_from=io.BytesIO(contract(path).read_bytes()))
    writer.encrypt("secret")
    writer.write(path)
    return path


def packed(path, parts):
    """A zip with these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def document(path, *lines, **more):
    """A Word document of the parts that matter."""
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    xml = f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return packed(path, {"[Content_Types].xml": TYPES, "word/document.xml": xml, **more})


def ofd(path, text):
    page = f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:TextObject><ofd:TextCode>{text}</ofd:TextCode></ofd:TextObject></ofd:Page>'
    return packed(path, {"OFD.xml": "<ofd/>", "Doc_0/Pages/Page_0/Content.xml": page})


def workbook(path, *cells):
    book = Workbook()
    book.active.append(list(cells))
    book.save(path)
    return path
