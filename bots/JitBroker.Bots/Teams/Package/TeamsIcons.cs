namespace JitBroker.Bots.Teams;

/// <summary>The app's two icons, drawn: a key whose bow is a clock. Shapes are distances to their edge in a square of side one, so each size is sharp.</summary>
internal static class TeamsIcons
{
    public const string AccentColor = "#1F2937";

    private const int ColorSide = 192;
    private const int OutlineSide = 32;

    /// <summary>White on the accent colour, to the edge.</summary>
    public static byte[] Color() => Png.Of(ColorSide, (x, y) => Mix((0x1F, 0x29, 0x37), Ink(x, y, ColorSide)));

    /// <summary>White on nothing, as Teams wants it.</summary>
    public static byte[] Outline() => Png.Of(OutlineSide, (x, y) => (0xFF, 0xFF, 0xFF, (byte)Math.Round(255 * Ink(x, y, OutlineSide))));

    /// <summary>How much of a pixel is ink, from 0 to 1.</summary>
    private static double Ink(int x, int y, int side)
    {
        var distance = Key((x + 0.5) / side, (y + 0.5) / side);
        return Math.Clamp(0.5 - (distance * side), 0, 1);
    }

    private static double Key(double x, double y)
    {
        var bow = Math.Abs(Math.Sqrt(((x - 0.36) * (x - 0.36)) + ((y - 0.36) * (y - 0.36))) - 0.19) - 0.035;
        double[] strokes =
        [
            bow,
            Stroke(x, y, 0.36, 0.36, 0.36, 0.25, 0.024),
            Stroke(x, y, 0.36, 0.36, 0.44, 0.40, 0.024),
            Stroke(x, y, 0.50, 0.50, 0.82, 0.82, 0.04),
            Stroke(x, y, 0.70, 0.70, 0.78, 0.62, 0.035),
            Stroke(x, y, 0.80, 0.80, 0.88, 0.72, 0.035),
        ];
        return strokes.Min();
    }

    /// <summary>The distance to a line from one point to another, so wide to each side.</summary>
    private static double Stroke(double x, double y, double fromX, double fromY, double toX, double toY, double width)
    {
        var (dx, dy) = (toX - fromX, toY - fromY);
        var along = Math.Clamp((((x - fromX) * dx) + ((y - fromY) * dy)) / ((dx * dx) + (dy * dy)), 0, 1);
        var (px, py) = (x - fromX - (along * dx), y - fromY - (along * dy));
        return Math.Sqrt((px * px) + (py * py)) - width;
    }

    private static (byte R, byte G, byte B, byte A) Mix((byte R, byte G, byte B) ground, double ink) =>
        (Blend(ground.R, ink), Blend(ground.G, ink), Blend(ground.B, ink), 255);

    private static byte Blend(byte ground, double ink) => (byte)Math.Round(ground + ((255 - ground) * ink));
}
