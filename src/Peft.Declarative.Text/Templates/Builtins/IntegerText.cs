using System.Numerics;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Parses integers as Python's <c>int()</c> does: digits of a base, a sign, white space around, underscores between.</summary>
internal static class IntegerText
{
    private const int LongestText = 4_300;

    internal static bool TryParse(string text, int radix, out BigInteger number)
    {
        number = BigInteger.Zero;
        string digits = StringSplitting.Strip(text, characters: null, left: true, right: true);
        bool negative = digits.StartsWith('-');
        digits = digits.StartsWith('-') || digits.StartsWith('+') ? digits[1..] : digits;
        digits = WithoutPrefix(digits, ref radix);
        if (radix is < 2 or > 36 || digits.Length is 0 or > LongestText || digits.StartsWith('_') || digits.EndsWith('_')
            || digits.Contains("__", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (char c in digits.Where(c => c != '_'))
        {
            int digit = char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : CharacterKinds.IsDecimal(c) ? (int)char.GetNumericValue(c) : radix;
            if (digit >= radix)
            {
                return false;
            }

            number = number * radix + digit;
        }

        number = negative ? -number : number;
        return true;
    }

    private static string WithoutPrefix(string digits, ref int radix)
    {
        int prefixed = digits.Length < 2 || digits[0] != '0' ? 0 : char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 };
        if (prefixed == 0 || (radix != 0 && radix != prefixed))
        {
            radix = radix == 0 ? 10 : radix;
            return digits;
        }

        radix = prefixed;
        return digits[2..];
    }
}
