using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// Dropout: in training, each element is set to zero with a given probability, and the other elements are scaled by 1 / (1 − probability).
/// Srivastava et al. 2014.
/// </summary>
internal static class Dropout
{
    /// <summary>Applies dropout. Returns the input itself if the model is not training or the probability is 0.</summary>
    /// <param name="input">A tensor of any shape.</param>
    /// <param name="probability">The probability, from 0 to less than 1.</param>
    /// <param name="training">Whether the model is in training mode.</param>
    public static Tensor Apply(Tensor input, double probability, bool training) =>
        training && probability > 0 ? nn.functional.dropout(input, probability, training: true) : input;
}
