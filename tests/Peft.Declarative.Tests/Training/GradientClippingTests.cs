using System.Text.Json;
using Peft.Declarative.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

public sealed class GradientClippingTests
{
    // A run clips by the norm only.
    public static TheoryData<string> Cases => ScheduleData.CaseNames("clipping.json", item => item.TryGetProperty("max_norm", out _));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Clip_GradientsOfOneStep_EqualReference(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement item = ScheduleData.Case("clipping.json", name);
        Dictionary<string, Tensor> expected = ScheduleData.Tensors("clipping.safetensors");
        Dictionary<string, Parameter> parameters = WithGradients(item.GetProperty("grads_of_step").GetInt32());

        JsonElement type = item.GetProperty("norm_type");
        double order = type.ValueKind == JsonValueKind.Number ? type.GetDouble() : double.PositiveInfinity;
        Tensor norm = GradientClipping.ClipNorm([.. parameters.Values.Select(value => value.grad!)], item.GetProperty("max_norm").GetDouble(), order);
        double returned = item.GetProperty("returned_norm").GetDouble();
        Assert.InRange(norm.item<float>(), returned * (1 - 1e-5), returned * (1 + 1e-5));

        foreach ((string parameter, Parameter value) in parameters)
        {
            ScheduleData.AssertClose(expected[$"{name}.{parameter}"], value.grad!, 2e-6, 1e-5, parameter);
        }
    }

    [Fact]
    public void ClipNorm_WithoutGradients_IsZero()
    {
        using Tensor norm = GradientClipping.ClipNorm([], 1.0);

        Assert.Equal(0.0f, norm.item<float>());
    }

    private static Dictionary<string, Parameter> WithGradients(int step)
    {
        Dictionary<string, Tensor> tensors = ScheduleData.Tensors("optimisers.safetensors");
        string prefix = $"grad.{step}.";
        return tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(
            pair => pair.Key[prefix.Length..],
            pair => new Parameter(zeros_like(pair.Value)) { grad = pair.Value });
    }
}
