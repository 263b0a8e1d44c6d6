using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>Dropout: while training, elements become zero with a probability and the others grow to make up for it. Srivastava et al. 2014.</summary>
public static class Dropout
{
    /// <summary>The input with elements dropped, or the input itself where nothing is to be dropped.</summary>
    /// <param name="input">Any shape.</param>
    /// <param name="probability">From 0 to below 1.</param>
    /// <param name="training">Whether the model is training.</param>
    public static Tensor Apply(Tensor input, double probability, bool training) =>
        training && probability > 0 ? nn.functional.dropout(input, probability, training: true) : input;
}
