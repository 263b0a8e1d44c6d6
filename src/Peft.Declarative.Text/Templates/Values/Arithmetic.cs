using System.Numerics;
using Peft.Declarative.Text.Templates.Builtins;
using Peft.Declarative.Text.Templates.Evaluation;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Python's operators on two values.</summary>
internal static class Arithmetic
{
    internal static object? Apply(Interpreter interpreter, string operation, object? left, object? right)
    {
        if (operation == "%" && left is string formatted)
        {
            return PercentFormat.Apply(interpreter, formatted, right);
        }

        if (left is Undefined undefined || (undefined = (right as Undefined)!) is not null)
        {
            throw undefined.Error();
        }

        if (PythonNumber.IsNumber(left) && PythonNumber.IsNumber(right))
        {
            return left is double || right is double
                ? OnFloats(operation, PythonNumber.ToDouble(left!), PythonNumber.ToDouble(right!))
                : OnIntegers(operation, PythonNumber.ToInteger(left), PythonNumber.ToInteger(right));
        }

        return (operation, left, right) switch
        {
            ("+", string a, string b) => Joined(interpreter, a, b),
            ("+", ListValue a, ListValue b) => new ListValue(JoinedItems(interpreter, a.Items, b.Items)),
            ("+", TupleValue a, TupleValue b) => new TupleValue(JoinedItems(interpreter, a.Items, b.Items)),
            ("+", string, _) => throw new TemplateError($"can only concatenate str (not \"{TypeNames.Of(right)}\") to str"),
            ("*", _, _) when PythonNumber.IsInteger(right) => Repeated(interpreter, left, PythonNumber.ToCount(right), right),
            ("*", _, _) when PythonNumber.IsInteger(left) => Repeated(interpreter, right, PythonNumber.ToCount(left), left),
            _ => throw Unsupported(operation, left, right),
        };
    }

    internal static object Negate(object? value, bool negative) => value switch
    {
        Undefined undefined => throw undefined.Error(),
        double number => negative ? -number : number,
        bool or BigInteger => negative ? -PythonNumber.ToInteger(value) : PythonNumber.ToInteger(value),
        _ => throw new TemplateError($"bad operand type for unary {(negative ? '-' : '+')}: '{TypeNames.Of(value)}'"),
    };

    private static TemplateError Unsupported(string operation, object? left, object? right) =>
        new($"unsupported operand type(s) for {operation}: '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'");

    private static string Joined(Interpreter interpreter, string left, string right)
    {
        interpreter.Budget.ChargeText((long)left.Length + right.Length);
        return left + right;
    }

    private static object?[] JoinedItems(Interpreter interpreter, IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        interpreter.Budget.ChargeItems((long)left.Count + right.Count);
        return [.. left, .. right];
    }

    private static object Repeated(Interpreter interpreter, object? value, int count, object? factor)
    {
        count = Math.Max(0, count);
        switch (value)
        {
            case "":
                return "";   // costs nothing, and so would not be stopped
            case string text:
                interpreter.Budget.ChargeText((long)text.Length * count);
                return string.Concat(Enumerable.Repeat(text, count));
            case ListValue or TupleValue:
                var sequence = (ISequence)value;
                interpreter.Budget.ChargeItems((long)sequence.Count * count);
                return sequence.Select(Enumerable.Range(0, sequence.Count * count).Select(i => i % sequence.Count));
            default:
                throw Unsupported("*", value, factor);
        }
    }

    private static object OnIntegers(string operation, BigInteger left, BigInteger right)
    {
        switch (operation)
        {
            case "+": return Bounded(left + right);
            case "-": return Bounded(left - right);
            case "*": return Bounded(left * right);
            case "/": return Quotient(left, right);
            case "//": return Floor(left, right).Quotient;
            case "%": return Floor(left, right).Remainder;
            default: return Power(left, right);
        }
    }

    private static double Quotient(BigInteger left, BigInteger right)
    {
        if (right.IsZero)
        {
            throw DivisionByZero();
        }

        // Both are cut to so many bits that neither overflows.
        int cut = (int)Math.Max(0, Math.Max(left.GetBitLength(), right.GetBitLength()) - 1000);
        double quotient = (double)(left >> cut) / (double)(right >> cut);
        if (!double.IsFinite(quotient) || (cut > 0 && (right >> cut).IsZero))
        {
            quotient = (double)(left / right);
        }

        return double.IsFinite(quotient) ? quotient : throw new TemplateError("integer division result too large for a float");
    }

    // Rounds toward minus infinity; the remainder has the sign of the divisor.
    private static (BigInteger Quotient, BigInteger Remainder) Floor(BigInteger left, BigInteger right)
    {
        if (right.IsZero)
        {
            throw DivisionByZero();
        }

        BigInteger quotient = BigInteger.DivRem(left, right, out BigInteger remainder);
        return remainder.Sign != 0 && remainder.Sign != right.Sign ? (quotient - 1, remainder + right) : (quotient, remainder);
    }

    private static object Power(BigInteger left, BigInteger right)
    {
        if (right.Sign < 0)
        {
            return RealPower((double)left, (double)right);
        }

        if (BigInteger.Abs(left) <= 1)
        {
            return left.IsOne || left.IsZero && right.Sign > 0 ? left : right.IsEven ? BigInteger.One : left;
        }

        return right * (left.GetBitLength() - 1) > PythonNumber.GreatestBits ? throw TooLarge() : Bounded(BigInteger.Pow(left, (int)right));
    }

    private static object OnFloats(string operation, double left, double right)
    {
        if (right == 0 && (operation is "/" or "//" or "%"))
        {
            throw DivisionByZero();
        }

        switch (operation)
        {
            case "+": return left + right;
            case "-": return left - right;
            case "*": return left * right;
            case "/": return left / right;
            case "//": return Floor(left, right).Quotient;
            case "%": return Floor(left, right).Remainder;
            default: return RealPower(left, right);
        }
    }

    private static double RealPower(double left, double right)
    {
        if (left == 0 && right < 0)
        {
            throw DivisionByZero();
        }

        double power = Math.Pow(left, right);
        if (double.IsNaN(power) && !double.IsNaN(left) && !double.IsNaN(right))
        {
            throw new TemplateError("a negative number to a broken power is no real number");
        }

        return double.IsInfinity(power) && double.IsFinite(left) && double.IsFinite(right)
            ? throw new TemplateError("a power is too large for a float")
            : power;
    }

    // As for integers; where a result is zero, it has the sign of the exact result.
    private static (double Quotient, double Remainder) Floor(double left, double right)
    {
        double remainder = left % right;
        double quotient = (left - remainder) / right;
        if (remainder == 0)
        {
            remainder = Math.CopySign(0, right);
        }
        else if (remainder < 0 != right < 0)
        {
            remainder += right;
            quotient -= 1;
        }

        double floor = Math.Floor(quotient);
        return (quotient == 0 ? Math.CopySign(0, left / right) : quotient - floor > 0.5 ? floor + 1 : floor, remainder);
    }

    private static BigInteger Bounded(BigInteger number) => number.GetBitLength() <= PythonNumber.GreatestBits ? number : throw TooLarge();

    private static TemplateError TooLarge() => new(FormattableString.Invariant($"an integer needs more than {PythonNumber.GreatestBits:N0} bits"));

    private static TemplateError DivisionByZero() => new("division by zero");
}
