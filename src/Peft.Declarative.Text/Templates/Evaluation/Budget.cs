using System.Runtime.CompilerServices;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>The remaining steps, characters and depth of one rendering.</summary>
internal sealed class Budget(TemplateLimits limits)
{
    /// <summary>Characters that are copied in about the time of one step.</summary>
    internal const int CharactersPerStep = 16;

    /// <summary>
    /// The most levels of statements, expressions, filters, values and generators inside one another. Levels are counted, and not what is left of the stack, so that
    /// a template ends alike in every build and on every system. A level takes at most 1.6 KB, and the smallest stack that a thread has by default, that of macOS,
    /// has 512. A long sum is as deep as it has terms; of the code that the reference makes of it, Python reads 200 parentheses inside one another.
    /// </summary>
    internal const int DeepestNesting = 200;

    // Values compare, hash and print themselves without access to the interpreter, so they find the budget here.
    [ThreadStatic]
    private static Budget? _current;

    private long _stepsLeft = limits.Steps;
    private int _callDepth;
    private int _depth;

    /// <summary>Charges steps to the rendering on this thread.</summary>
    internal static void ChargeCurrent(long steps) => _current?.Charge(steps);

    /// <summary>Checks that a text of the rendering on this thread is not too long.</summary>
    internal static void RequireCurrentText(long characters) => _current?.RequireText(characters);

    /// <summary>Charges the reading of a text.</summary>
    internal static void ChargeReading(string text) => _current?.Charge(text.Length / CharactersPerStep);

    /// <summary>Goes one level deeper in the rendering on this thread, until the result is disposed.</summary>
    internal static Level CurrentDeeper() => _current is { } budget ? budget.Deeper() : default;

    /// <summary>Goes one level deeper until the result is disposed.</summary>
    internal Level Deeper()
    {
        if (++_depth > DeepestNesting)
        {
            throw new TemplateError($"values, expressions or calls are nested more than {DeepestNesting} levels deep");
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateError("the caller has left too little of the thread's stack");
        }

        return new Level(this);
    }

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

    /// <summary>Goes back to the level before. An error, which ends the rendering, need not.</summary>
    internal readonly ref struct Level(Budget? budget) : IDisposable
    {
        public void Dispose()
        {
            if (budget is not null)
            {
                budget._depth--;
            }
        }
    }

    /// <summary>Restores the previous budget of the thread.</summary>
    internal readonly struct Lease(Budget? previous) : IDisposable
    {
        public void Dispose() => _current = previous;
    }
}
