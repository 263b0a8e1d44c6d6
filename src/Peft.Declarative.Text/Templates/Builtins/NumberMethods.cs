using System.Numerics;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>The few attributes of numbers that text has a use for.</summary>
internal static class NumberMethods
{
    internal static bool TryGet(object number, string name, out object? value)
    {
        value = (name, number) switch
        {
            ("real", double) => number,
            ("real" or "numerator", not double) => PythonNumber.ToInteger(number),
            ("imag", double) => 0.0,
            ("imag", _) => BigInteger.Zero,
            ("denominator", not double) => BigInteger.One,
            ("is_integer", double d) => new Builtin((_, _) => double.IsInteger(d)),
            ("bit_length", not double) => new Builtin((_, _) => (BigInteger)BigInteger.Abs(PythonNumber.ToInteger(number)).GetBitLength()),
            _ => null,
        };
        return value is not null;
    }
}
