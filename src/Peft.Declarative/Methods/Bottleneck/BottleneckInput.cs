using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>What a bottleneck takes from its place, each [batch, time, hidden].</summary>
/// <param name="Read">What it reads.</param>
/// <param name="Residual">What is added to its result.</param>
/// <param name="Before">What stood there before anything was added or normalised; a fusion may ask with it.</param>
internal readonly record struct BottleneckInput(Tensor Read, Tensor Residual, Tensor Before);
