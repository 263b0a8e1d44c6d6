using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>The remaining steps, characters and depth of one rendering.</summary>
internal sealed class Budget(TemplateLimits limits)
{
    /// <summary>Characters that are copied in about the time of one step.</summary>
    internal const int CharactersPerStep = 16;

    // Values compare, hash and print themselves without access to the interpreter, so they find the budget here.
    [ThreadStatic]
    private static Budget? _current;

    private long _stepsLeft = limits.Steps;
    private int _callDepth;

    /// <summary>Charges steps to the rendering on this thread.</summary>
    internal static void ChargeCurrent(long steps) => _current?.Charge(steps);

    /// <summary>Checks that a text of the rendering on this thread is not too long.</summary>
    internal static void RequireCurrentText(long characters) => _current?.RequireText(characters);

    /// <summary>Charges the reading of a text.</summary>
    internal static void ChargeReading(string text) => _current?.Charge(text.Length / CharactersPerStep);

    /// <summary>Makes this the budget of the thread until the result is disposed.</summary>
    internal Lease Use()
    {
        var lease = new Lease(_current);
        _current = this;
        return lease;
    }

    /// <summary>Charges a number of steps.</summary>
    internal void Charge(long steps)
    {
        _stepsLeft -= Math.Max(1, steps);
        if (_stepsLeft < 0)
        {
            throw new TemplateError(FormattableString.Invariant($"the template takes more than {limits.Steps:N0} steps"));
        }
    }

    /// <summary>Charges a text before it is allocated.</summary>
    internal void ChargeText(long characters)
    {
        RequireText(characters);
        Charge(characters / CharactersPerStep);
    }

    /// <summary>Checks that a text is not too long.</summary>
    internal void RequireText(long characters)
    {
        if (characters > limits.OutputCharacters)
        {
            throw new TemplateError(FormattableString.Invariant($"the template makes a text of more than {limits.OutputCharacters:N0} characters"));
        }
    }

    /// <summary>Charges a list before it is allocated.</summary>
    internal void ChargeItems(long items) => Charge(items);

    internal void EnterCall()
    {
        if (++_callDepth > limits.CallDepth)
        {
            throw new TemplateError($"macros or loops call themselves more than {limits.CallDepth} levels deep");
        }
    }

    internal void LeaveCall() => _callDepth--;

    /// <summary>Restores the previous budget of the thread.</summary>
    internal readonly struct Lease(Budget? previous) : IDisposable
    {
        public void Dispose() => _current = previous;
    }
}
