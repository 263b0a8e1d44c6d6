using System.Text.Json.Nodes;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Dora;

namespace Peft.Declarative;

/// <summary>
/// The config of weight-decomposed low-rank adaptation, as in adapter_config.json: LoRA's fields, and <c>use_dora</c>. The low-rank product changes
/// the direction of the weight's rows, and a trained vector contains their magnitudes. Liu et al. 2024, arXiv 2402.09353.
/// </summary>
public sealed record DoraConfig : LoraConfig
{
    internal override MethodFacts Facts => DoraFacts.Method;

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        json["use_dora"] = true;
    }
}
