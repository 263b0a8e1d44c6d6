using System.Reflection;
using Peft.Declarative.App;
using Peft.Declarative.Models;
using Peft.Declarative.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Native;

public sealed class ScalarsTests
{
    // What makes a Scalar of a number without keeping it alive, or calls what does: found in TorchSharp itself, so a new version is judged as it is.
    private static readonly Lazy<HashSet<MethodBase>> Careless = new(() =>
    {
        ILookup<MethodBase, MethodBase> callers = CalledMethods.In(typeof(Scalar).Assembly)
            .SelectMany(method => CalledMethods.Of(method), (caller, called) => (caller, called))
            .ToLookup(call => call.called, call => call.caller);
        HashSet<MethodBase> makers = [];
        var open = new Queue<MethodBase>(callers.Select(group => group.Key).Where(IsConversion));
        while (open.TryDequeue(out MethodBase? maker))
        {
            if (makers.Add(maker))
            {
                foreach (MethodBase caller in callers[maker])
                {
                    open.Enqueue(caller);
                }
            }
        }

        // It takes any object; TORCH009 finds the calls that give it plain numbers.
        makers.RemoveWhere(method => method.Name == "invoke");
        return makers;
    });

    [Theory]
    [InlineData(typeof(PretrainedModel))]
    [InlineData(typeof(LlamaForCausalLM))]
    [InlineData(typeof(PeftConsole))]
    public void Library_NumbersGivenToOperations_AreKeptAlive(Type inLibrary)
    {
        string[] found = [.. CalledMethods.In(inLibrary.Assembly)
            .Where(method => method.DeclaringType != typeof(Scalars))
            .SelectMany(method => CalledMethods.Of(method).Where(Careless.Value.Contains), (method, called) =>
                $"{method.DeclaringType}.{method.Name} calls {called.DeclaringType?.Name}.{called}")];

        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    [Fact]
    public void Sum_WrittenWithAnOperator_IsFound() =>
        Assert.Contains(CalledMethods.Of(new Func<Tensor, Tensor, Tensor>(static (a, b) => a + b).Method), Careless.Value.Contains);

    [Fact]
    public void Sum_WithOne_IsNotFound() =>
        Assert.DoesNotContain(
            CalledMethods.Of(new Func<Tensor, Tensor, Tensor>(static (a, b) => a.add(b, Scalars.One) * Scalars.Of(2.0)).Method), Careless.Value.Contains);

    [Theory]
    [InlineData(7)]
    [InlineData(-3)]
    public void Of_Number_HasItsKindAndValue(int value)
    {
        Assert.Equal((ScalarType.Int64, (long)value), (Scalars.Of(value).Type, Scalars.Of(value).ToInt64()));
        Assert.Equal((ScalarType.Float64, value + 0.5), (Scalars.Of(value + 0.5).Type, Scalars.Of(value + 0.5).ToDouble()));
        Assert.Equal((ScalarType.Bool, value > 0), (Scalars.Of(value > 0).Type, Scalars.Of(value > 0).ToBoolean()));
    }

    private static bool IsConversion(MethodBase method) =>
        method.Name is "op_Implicit" or "ToScalar" && method is MethodInfo { ReturnType: { } made } && made == typeof(Scalar);
}
