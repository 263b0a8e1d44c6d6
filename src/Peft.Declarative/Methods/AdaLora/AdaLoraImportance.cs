using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.AdaLora;

/// <summary>
/// The importance of the ranks of one layer: for each weight, a moving average of its sensitivity <c>|w · ∂L/∂w|</c>, and one of the deviation from
/// that average. Zhang et al. 2023, arXiv 2303.10512, equations 8 to 11.
/// </summary>
internal sealed class AdaLoraImportance : IDisposable
{
    private readonly AdaLoraLinear _layer;
    private readonly Average[] _averages;

    internal AdaLoraImportance(AdaLoraLinear layer)
    {
        _layer = layer;
        _averages = [new(layer.E, "lora_E"), new(layer.A, "lora_A"), new(layer.B, "lora_B")];
    }

    /// <summary>The averages, for the state of the run.</summary>
    internal IEnumerable<(string Name, Tensor Value)> Tensors => _averages.SelectMany(average =>
        ((string, Tensor)[])[($"{average.Name}.sensitivity", average.Sensitivity), ($"{average.Name}.uncertainty", average.Uncertainty)]);

    /// <summary>Updates the averages with the current gradients.</summary>
    internal void Update(double sensitivityDecay, double uncertaintyDecay)
    {
        foreach (Average average in _averages)
        {
            if (average.Weight.grad is not { } gradient)
            {
                continue;
            }

            using DisposeScope scope = NewDisposeScope();
            Tensor now = (average.Weight * gradient).abs_();
            average.Sensitivity.mul_(Scalars.Of(sensitivityDecay)).add_(now, alpha: Scalars.Of(1 - sensitivityDecay));
            average.Uncertainty.mul_(Scalars.Of(uncertaintyDecay)).add_(now.sub_(average.Sensitivity).abs_(), alpha: Scalars.Of(1 - uncertaintyDecay));
        }
    }

    /// <summary>
    /// Computes the importance of each rank [rank]: that of its <c>E</c>, plus the means over its row of <c>A</c> and its column of <c>B</c>.
    /// </summary>
    internal Tensor Scores()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] products = [.. _averages.Select(average => average.Sensitivity * average.Uncertainty)];
        return (products[0].view(-1).add(products[1].mean([1]), Scalars.One).add(products[2].mean([0]), Scalars.One)).MoveToOuterDisposeScope();
    }

    /// <summary>Sets the ranks to zero that are not kept.</summary>
    /// <param name="kept">The ranks to keep, bool [rank].</param>
    internal void Prune(Tensor kept) => _layer.E.mul_(kept.view(-1, 1));

    /// <summary>Gets the ranks that are not zero, bool [rank].</summary>
    internal Tensor Left() => _layer.E.detach().ne(Scalars.Of(0)).view(-1);

    /// <summary>Fixes the ranks: from now on, files omit those that are zero.</summary>
    internal void Fix() => _layer.Pruned = true;

    public void Dispose()
    {
        foreach ((_, Tensor value) in Tensors)
        {
            value.Dispose();
        }
    }

    private sealed class Average(TorchSharp.Modules.Parameter weight, string name)
    {
        internal string Name { get; } = name;

        internal TorchSharp.Modules.Parameter Weight { get; } = weight;

        internal Tensor Sensitivity { get; } = Zeros(weight);

        internal Tensor Uncertainty { get; } = Zeros(weight);

        private static Tensor Zeros(Tensor like) => zeros(like.shape, device: like.device).DetachFromDisposeScope();
    }
}
