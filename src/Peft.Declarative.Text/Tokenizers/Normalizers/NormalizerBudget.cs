using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>
/// How long a text may become while it is normalized. Rules that replace one character by many make it grow exponentially, one rule after the other. The
/// greatest growth of a Unicode form is 18 times.
/// </summary>
internal static class NormalizerBudget
{
    private const int Growth = 64;
    private const int Least = 1_024;

    // Components have no access to the text that their chain began with, so they find its budget here.
    [ThreadStatic]
    private static long _limit;

    /// <summary>Bounds everything that is made of a text on this thread until the result is disposed. Within another budget, that one remains.</summary>
    /// <param name="characters">Length of the text, in UTF-16 units.</param>
    internal static Lease Use(long characters)
    {
        var lease = new Lease(_limit);
        _limit = _limit > 0 ? _limit : LimitOf(characters);
        return lease;
    }

    /// <summary>Checks a length before or while a text of it is made.</summary>
    /// <param name="characters">Length of the text that is made.</param>
    /// <param name="original">Length of the text that it is made of; it sets the limit where there is no budget.</param>
    /// <exception cref="PeftException">PEFT505: the text would be too long.</exception>
    internal static void Require(long characters, int original)
    {
        long limit = _limit > 0 ? _limit : LimitOf(original);
        if (characters > limit)
        {
            throw new PeftException(RuleIds.TokenizerUnusable,
                $"tokenizer.json: its rules for replacing text make a text of more than {RuleTexts.Count(limit)} characters, more than {Growth} times what they were "
                + "given. Use a tokenizer of another source.");
        }
    }

    private static long LimitOf(long characters) => (characters * Growth) + Least;

    /// <summary>Restores the previous budget of the thread.</summary>
    internal readonly struct Lease(long previous) : IDisposable
    {
        public void Dispose() => _limit = previous;
    }
}
