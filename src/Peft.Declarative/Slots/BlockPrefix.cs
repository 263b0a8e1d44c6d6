using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>The learned keys and values of one prefix in one attention layer.</summary>
/// <param name="Keys">The keys [1, heads, tokens, width], without rotary embedding.</param>
/// <param name="Values">The values, of the same shape.</param>
internal sealed record BlockPrefix(Tensor Keys, Tensor Values)
{
    /// <summary>
    /// Computes factors [batch, 1, 1, 1] for keys and values from the input of the attention layer [batch, time, hidden]. It must be a pure function of
    /// the input and the parameters. <see langword="null"/> (the default) applies no factor.
    /// </summary>
    public Func<Tensor, (Tensor Keys, Tensor Values)>? Gate { get; init; }

    /// <summary>The keys and values [batch, heads, tokens, width] for the rows of a batch.</summary>
    /// <param name="hidden">The input of the attention layer [batch, time, hidden].</param>
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
