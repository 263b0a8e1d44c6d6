using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>What a rendering may still use up.</summary>
internal sealed class Budget(TemplateLimits limits)
{
    /// <summary>Characters that are copied in about the time of one step.</summary>
    internal const int CharactersPerStep = 16;

    // Values compare, hash and print themselves without knowing who asks; they pay here.
    [ThreadStatic]
    private static Budget? current;

    private long stepsLeft = limits.Steps;
    private int callDepth;

    /// <summary>Pays for so many steps of whatever is rendered on this thread.</summary>
    internal static void ChargeCurrent(long steps) => current?.Charge(steps);

    /// <summary>Checks that a text of whatever is rendered on this thread is not too long.</summary>
    internal static void RequireCurrentText(long characters) => current?.RequireText(characters);

    /// <summary>Pays for reading a text.</summary>
    internal static void ChargeReading(string text) => current?.Charge(text.Length / CharactersPerStep);

    /// <summary>Makes this the budget of the thread until the result is disposed.</summary>
    internal Lease Use()
    {
        var lease = new Lease(current);
        current = this;
        return lease;
    }

    /// <summary>Pays for so many steps.</summary>
    internal void Charge(long steps)
    {
        stepsLeft -= Math.Max(1, steps);
        if (stepsLeft < 0)
        {
            throw new TemplateError($"the template takes more than {limits.Steps:N0} steps");
        }
    }

    /// <summary>Pays for a text before it is made.</summary>
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
            throw new TemplateError($"the template makes a text of more than {limits.OutputCharacters:N0} characters");
        }
    }

    /// <summary>Pays for a list before it is made.</summary>
    internal void ChargeItems(long items) => Charge(items);

    internal void EnterCall()
    {
        if (++callDepth > limits.CallDepth)
        {
            throw new TemplateError($"macros or loops call themselves more than {limits.CallDepth} levels deep");
        }
    }

    internal void LeaveCall() => callDepth--;

    /// <summary>Gives the thread back to the budget before.</summary>
    internal readonly struct Lease(Budget? previous) : IDisposable
    {
        public void Dispose() => current = previous;
    }
}
