using System.Numerics;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Python's numbers: integers of any size, floats, and True and False as 1 and 0.</summary>
internal static class PythonNumber
{
    /// <summary>Largest integers that arithmetic may make, in bits. Python has no limit; a template needs one.</summary>
    internal const int GreatestBits = 16_384;

    internal static bool IsNumber(object? value) => value is bool or BigInteger or double;

    internal static bool IsInteger(object? value) => value is bool or BigInteger;

    /// <summary>Value of an integer, or of True and False.</summary>
    internal static BigInteger ToInteger(object? value) => value switch
    {
        bool truth => truth ? BigInteger.One : BigInteger.Zero,
        BigInteger number => number,
        Undefined undefined => throw undefined.Error(),
        _ => throw new TemplateError($"'{TypeNames.Of(value)}' object cannot be interpreted as an integer"),
    };

    /// <summary>An integer that serves as a count or index; far out of range becomes the nearest end of it.</summary>
    internal static int ToCount(object? value) =>
        (int)BigInteger.Max(int.MinValue + 1, BigInteger.Min(int.MaxValue - 1, ToInteger(value)));

    internal static double ToDouble(object value) => value is double number ? number : Float(ToInteger(value));

    internal static int Compare(object left, object right)
    {
        if (left is not double && right is not double)
        {
            return ToInteger(left).CompareTo(ToInteger(right));
        }

        // NaN is not equal to anything, itself included.
        if (left is double.NaN || right is double.NaN)
        {
            return 2;
        }

        return (left, right) switch
        {
            (double a, double b) => a.CompareTo(b),
            (double a, _) => -Compare(ToInteger(right), a),
            _ => Compare(ToInteger(left), (double)right),
        };
    }

    // By exact value: not every integer is a float.
    private static int Compare(BigInteger left, double right)
    {
        if (double.IsInfinity(right))
        {
            return right > 0 ? -1 : 1;
        }

        double floor = Math.Floor(right);
        int order = left.CompareTo(new BigInteger(floor));
        return order == 0 && floor != right ? -1 : order;
    }

    internal static int HashOf(object value) => value is double number && (number != Math.Floor(number) || !double.IsFinite(number))
        ? number.GetHashCode()
        : (value is double whole ? new BigInteger(whole) : ToInteger(value)).GetHashCode();

    private static double Float(BigInteger integer)
    {
        double number = (double)integer;
        return double.IsFinite(number) ? number : throw new TemplateError("int too large to convert to float");
    }
}
