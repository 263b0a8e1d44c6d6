using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Learned keys and values of one prefix in one attention layer.</summary>
/// <param name="Keys">[1, heads, tokens, width]; not rotated.</param>
/// <param name="Values">Same shape.</param>
internal sealed record BlockPrefix(Tensor Keys, Tensor Values)
{
    /// <summary>
    /// Factors [batch, 1, 1, 1] on keys and values, from what the attention layer reads [batch, time, hidden]; a pure function of it and of
    /// parameters. Null for none.
    /// </summary>
    public Func<Tensor, (Tensor Keys, Tensor Values)>? Gate { get; init; }

    /// <summary>Keys and values [batch, heads, tokens, width] for the rows of a batch.</summary>
    /// <param name="hidden">What the attention layer reads [batch, time, hidden].</param>
    internal (Tensor Keys, Tensor Values) For(Tensor hidden)
    {
        if (Gate is null)
        {
            return (Rows(Keys, hidden.size(0)), Rows(Values, hidden.size(0)));
        }

        (Tensor keys, Tensor values) = Gate(hidden);
        return (Keys * keys, Values * values);
    }

    private static Tensor Rows(Tensor learned, long batch) => learned.expand(batch, -1, -1, -1);
}
