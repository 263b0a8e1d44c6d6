using System.Globalization;

namespace Peft.Declarative.Generators.Model;

/// <summary>What holds at a place after a sublayer.</summary>
/// <param name="Size">Width of the bottleneck; 0 if not known.</param>
/// <param name="Reduction">By how much the width is divided.</param>
internal sealed record SublayerSetting(int Size, double Reduction) : LayerSetting
{
    internal override string Difference(IReadOnlyList<LayerSetting> all) =>
        all.OfType<SublayerSetting>().Select(setting => setting.Reduction).Distinct().Count() > 1
            ? "Reduction" + Reduction.ToString(CultureInfo.InvariantCulture).Replace('.', '_')
            : "";

    /// <summary>The setting of a place.</summary>
    internal static SublayerSetting Of(PlannedLayer place) => (SublayerSetting)place.Setting!;
}
