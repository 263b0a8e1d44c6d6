using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.BitFit;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// BitFit as adapter_config.json describes it. The reference library has no such method: <c>BITFIT</c> is this library's own name, and the
/// tensors are named as the reference names biases that it trains along with another method.
/// </summary>
public sealed record BitFitConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "BITFIT";

    internal override MethodFacts Facts => BitFitFacts.Method;

    // A file that names none means all biases too.
    internal override IReadOnlyList<string>? UsualTargets(nn.Module model) => null;

    private protected override JsonObject Defaults() => CommonDefaults();
}
