using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Rank and alpha of a layer.</summary>
internal sealed record LowRank(int Rank, double Alpha) : LayerSetting
{
    internal override string Difference(IReadOnlyList<LayerSetting> all)
    {
        string rank = "Rank" + Literal.Of(Rank);
        bool rankTells = all.OfType<LowRank>().Count(other => other.Rank == Rank) == 1;
        return rankTells ? rank : rank + "Alpha" + Literal.Of(Alpha).Replace('.', '_').Replace("_0", "");
    }
}
