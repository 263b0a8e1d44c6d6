using System.Text.Json.Nodes;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Dora;

namespace Peft.Declarative;

/// <summary>
/// Weight-decomposed low-rank adaptation as adapter_config.json describes it: LoRA's fields, and <c>use_dora</c>. The weight's rows keep a
/// learned length while the low-rank product turns them. Liu et al. 2024, arXiv 2402.09353.
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
