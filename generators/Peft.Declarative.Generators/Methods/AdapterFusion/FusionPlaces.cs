using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>The places of a fusion: where one of its bottlenecks stands.</summary>
internal sealed record FusionPlaces : SublayerAdapterSpec
{
    internal override string Method => "AdapterFusion";

    internal static FusionPlaces Of(AdapterFusionSpec fusion, IReadOnlyList<SublayerAdapterSpec> members) => new()
    {
        Name = fusion.Name,
        Place = fusion.Place,
        Written = fusion.Written,
        Reduction = 1,
        Targets = members.SelectMany(member => member.Targets).Distinct().ToEquatableArray(),
        LeaveOut = members.Select(member => member.LeaveOut.AsEnumerable()).Aggregate((all, next) => all.Intersect(next)).ToEquatableArray(),
    };
}
