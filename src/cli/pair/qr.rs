//! A QR code, for a terminal and as a PNG.

use anyhow::{Context, Result};
use qrcode::render::unicode::Dense1x2;
use qrcode::{Color, EcLevel, QrCode};

pub struct Qr(QrCode);

/// Width of the quiet zone, the light modules around the code (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: usize = 4;
/// Pixels along the side of a module.
const MODULE_PIXELS: usize = 8;

impl Qr {
    pub fn of(text: &str) -> Result<Qr> {
        Ok(Qr(QrCode::with_error_correction_level(text, EcLevel::L).context("cannot make a QR code of the link")?))
    }

    /// Two modules per character, one above the other. Explicit colours work on dark and light terminals.
    pub fn in_blocks(&self, colours: bool) -> String {
        let blocks = self.0.render::<Dense1x2>().build();
        if !colours {
            return blocks + "\n";
        }
        blocks.lines().map(|line| format!("\x1b[30;107m{line}\x1b[0m\n")).collect()
    }

    /// A PNG in shades of grey, with the quiet zone.
    pub fn png(&self) -> Result<Vec<u8>> {
        let modules = self.0.to_colors();
        let width = self.0.width();
        let side = (width + 2 * QUIET_ZONE) * MODULE_PIXELS;
        let is_dark = |x: usize, y: usize| {
            let x = (x / MODULE_PIXELS).checked_sub(QUIET_ZONE)?;
            let y = (y / MODULE_PIXELS).checked_sub(QUIET_ZONE)?;
            Some(x < width && y < width && modules[y * width + x] == Color::Dark)
        };
        let pixels = (0..side * side).map(|at| if is_dark(at % side, at / side) == Some(true) { 0 } else { u8::MAX });
        let pixels: Vec<u8> = pixels.collect();
        let mut file = Vec::new();
        let side = u32::try_from(side).context("a QR code has at most 177 modules")?;
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&pixels)?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "livegate://192.168.100.200:9443?pin=6f1ed002ab5595859014ebf0951522d9\
        6f1ed002ab5595859014ebf0951522d9&secret=5595859014ebf0956f1ed002ab559585";

    /// Decode a picture with another library.
    fn read(width: usize, height: usize, is_dark: impl FnMut(usize, usize) -> bool) -> String {
        let mut is_dark = is_dark;
        let mut picture =
            rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| if is_dark(x, y) { 0 } else { 255 });
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().expect("a QR code").1
    }

    #[test]
    fn another_program_reads_the_picture() {
        let file = Qr::of(TEXT).expect("a code").png().expect("a picture");
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().expect("PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a small picture")];
        let info = reader.next_frame(&mut pixels).expect("a picture");
        let width = info.width as usize;
        let height = info.height as usize;
        assert_eq!(read(width, height, |x, y| pixels[y * width + x] == 0), TEXT);
    }

    #[test]
    fn another_program_reads_the_terminals_blocks() {
        let text = Qr::of(TEXT).expect("a code").in_blocks(false);
        let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        assert!(lines.len() <= 32 && lines.iter().all(|line| line.len() <= 60), "{}x{}", lines.len(), lines[0].len());
        let scale = 4;
        let is_dark = |x: usize, y: usize| {
            let x = x / scale;
            let y = y / scale;
            let block = lines[y / 2][x];
            block == '█' || block == if y.is_multiple_of(2) { '▀' } else { '▄' }
        };
        assert_eq!(read(lines[0].len() * scale, lines.len() * 2 * scale, is_dark), TEXT);
    }
}
