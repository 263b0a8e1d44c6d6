using System.Globalization;
using System.Numerics;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Rounds floats by their exact value, halves to even, as Python does. .NET's own formats round halves away from zero.</summary>
internal static class ExactRounding
{
    private const int MostDecimals = 400;

    /// <summary>The number with so many decimals, as text.</summary>
    internal static string Fixed(double number, int decimals)
    {
        if (!double.IsFinite(number))
        {
            return PythonFloat.Repr(number);
        }

        decimals = Math.Min(decimals, MostDecimals);
        (BigInteger numerator, BigInteger denominator) = Fraction(Math.Abs(number));
        BigInteger scaled = HalfEven(numerator * BigInteger.Pow(10, decimals), denominator);
        string digits = scaled.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        string text = decimals == 0 ? digits : digits[..^decimals] + "." + digits[^decimals..];
        return double.IsNegative(number) ? "-" + text : text;
    }

    /// <summary>The nearest multiple of a power of ten; a negative count rounds before the point.</summary>
    internal static double Round(double number, int decimals)
    {
        if (!double.IsFinite(number) || decimals > MostDecimals)
        {
            return number;
        }

        if (decimals >= 0)
        {
            return double.Parse(Fixed(number, decimals), CultureInfo.InvariantCulture);
        }

        (BigInteger numerator, BigInteger denominator) = Fraction(Math.Abs(number));
        BigInteger unit = BigInteger.Pow(10, Math.Min(-decimals, MostDecimals));
        double rounded = (double)(HalfEven(numerator, denominator * unit) * unit);
        return double.IsNegative(number) ? -rounded : rounded;
    }

    /// <summary>The same for an integer.</summary>
    internal static BigInteger Round(BigInteger number, int decimals)
    {
        if (decimals >= 0)
        {
            return number;
        }

        BigInteger unit = BigInteger.Pow(10, Math.Min(-decimals, PythonNumber.GreatestBits));
        return number.Sign * HalfEven(BigInteger.Abs(number), unit) * unit;
    }

    private static BigInteger HalfEven(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int half = (remainder * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    private static (BigInteger Numerator, BigInteger Denominator) Fraction(double number)
    {
        long bits = BitConverter.DoubleToInt64Bits(number);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        int power = Math.Max(exponent, 1) - 1075;
        return power >= 0 ? (mantissa << power, BigInteger.One) : (mantissa, BigInteger.One << -power);
    }
}
