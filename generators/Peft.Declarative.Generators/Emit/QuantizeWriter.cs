using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the effect of [Quantize]: one statement before the weights are read, and the memory that it saves.</summary>
internal sealed class QuantizeWriter(ModelPlan plan, QuantizePlan quantize)
{
    private readonly QuantizeSpec _spec = quantize.Spec;

    /// <summary>Gets the lines of the header.</summary>
    internal IEnumerable<string> Report()
    {
        yield return $"{_spec.Written} on {plan.Declaration.Name}";
        string which = quantize.Layers > 0 ? $"{RuleTexts.Count(quantize.Layers)} linear layers" : "every linear layer but heads";
        yield return $"  {which} in {_spec.Bits} bits{Saving()}; the rest as in the files";
    }

    /// <summary>The number of bits of a code.</summary>
    internal int Bits => _spec.Bits;

    /// <summary>Gets the end of a sentence about the base: its memory.</summary>
    internal string Saving() => MemoryCount.BaseBytes(plan) is { } bytes && MemoryCount.DenseBytes(plan) is { } dense
        ? $", base {ModelReport.Size(bytes)} instead of {ModelReport.Size(dense)}"
        : "";

    /// <summary>Gets the statement.</summary>
    internal string Statement(TypeNames types)
    {
        var usual = new QuantizeAttribute();
        var settings = new List<string>();
        if (_spec.BlockSize != usual.BlockSize) settings.Add($"BlockSize = {Literal.Of(_spec.BlockSize)}");
        if (_spec.DoubleQuantization != usual.DoubleQuantization) settings.Add($"DoubleQuantization = {Literal.Of(_spec.DoubleQuantization)}");
        if (_spec.OutlierThreshold != usual.OutlierThreshold) settings.Add($"OutlierThreshold = {Literal.Of(_spec.OutlierThreshold)}");
        if (_spec.Exclude.Count > 0) settings.Add($"Exclude = {Literal.Of(_spec.Exclude)}");
        string initializer = settings.Count > 0 ? $" {{ {string.Join(", ", settings)} }}" : "";
        return $"model.Quantize(new({types["QuantizationType"]}.{_spec.Type}){initializer});   // first, so that each weight is quantized when it is read";
    }
}
