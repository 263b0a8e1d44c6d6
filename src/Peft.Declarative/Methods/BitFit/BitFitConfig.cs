using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.BitFit;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// The config of BitFit, as in adapter_config.json. The reference library has no such method: <c>BITFIT</c> is this library's own name, and the
/// tensors have the names of the biases that the reference library trains with other methods.
/// </summary>
public sealed record BitFitConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => BitFitFacts.Method.PeftType;

    internal override MethodFacts Facts => BitFitFacts.Method;

    // A file without targets also means all biases.
    internal override IReadOnlyList<string>? UsualTargets(nn.Module model) => null;

    private protected override JsonObject Defaults() => CommonDefaults();
}
