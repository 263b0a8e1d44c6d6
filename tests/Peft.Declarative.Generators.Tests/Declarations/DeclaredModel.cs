using System.Reflection;
using System.Runtime.Loader;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Generators.Tests.Declarations;

/// <summary>A model of an emitted declaration, made small and trained for a few steps: its adapters must change, and its base must not.</summary>
internal sealed class DeclaredModel(DeclarationCase from, string configs)
{
    private const int Vocabulary = 64;

    // The generator has classes of the same names.
    private static readonly Type Adapter = typeof(PretrainedModel).Assembly.GetType("Peft.Declarative.AdapterAttribute")!;
    private static readonly Type SparseMask = typeof(PretrainedModel).Assembly.GetType("Peft.Declarative.SparseMaskAttribute")!;

    /// <summary>What is wrong with the models of an assembly; null for nothing.</summary>
    internal string? Failure(byte[] assembly)
    {
        var context = new AssemblyLoadContext(from.Name);
        using var image = new MemoryStream(assembly);
        List<Type> models = context.LoadFromStream(image).GetTypes().Where(IsDeclared).ToList();
        if (models.Count == 0) return "the assembly has no declared model";

        var trained = new List<string>();
        foreach (Type model in models)
        {
            try
            {
                if (Train(Closed(model), trained) is { } failure) return $"{model.Name}: {failure}";
            }
            catch (TargetInvocationException error) when (error.InnerException is PeftException && from.MayRefuse)
            {
                return null;
            }
        }

        string? missing = from.Adapts.FirstOrDefault(part => !trained.Any(name => IsPart(name, part)));
        string? unwanted = from.Leaves.FirstOrDefault(part => trained.Any(name => IsPart(name, part)));
        return missing is not null ? $"'{missing}' is not trained, but {string.Join(", ", trained.Take(8))}"
            : unwanted is not null ? $"'{unwanted}' is trained"
            : null;
    }

    private string? Train(Type type, List<string> names)
    {
        object made = Make(type);
        using var model = (nn.Module)made;
        var adapters = (AdapterSet)type.GetProperty("Adapters")!.GetValue(made)!;
        if (adapters.Count == 0) return "it has no adapter";
        string[] personas = adapters.Any(adapter => adapter.IsActive) ? [] : [.. adapters.Select(adapter => adapter.Name)];
        adapters.Activate([.. adapters.Where(adapter => adapter.IsActive).Select(adapter => adapter.Name), .. personas]);

        // A sparse mask is chosen on the first data.
        bool chosenLater = Has(type, SparseMask);
        IReadOnlyList<(string Name, TorchSharp.Modules.Parameter Value)> trained = adapters.TrainableParameters;
        if (trained.Count == 0 && !chosenLater) return "it has nothing to train";
        names.AddRange(trained.Select(parameter => parameter.Name));

        HashSet<IntPtr> own = [.. trained.Select(parameter => parameter.Value.Handle)];
        List<(string Name, Tensor Value, Tensor Before)> frozen = [.. model.named_parameters()
            .Where(parameter => !own.Contains(parameter.parameter.Handle))
            .Select(parameter => (parameter.name, (Tensor)parameter.parameter, parameter.parameter.detach().clone()))];
        List<Tensor> start = [.. trained.Select(parameter => parameter.Value.detach().clone())];

        MethodInfo? train = type.GetMethods().FirstOrDefault(method => method.Name == "Train" && method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(TrainingData));
        if (train is null) return "it has no Train";
        train.Invoke(made, [.. new object?[] { Rows(type, made is PretrainedModel ? personas : []), null, CancellationToken.None }.Take(train.GetParameters().Length)]);

        if (trained.Count > 0 && trained.Zip(start).All(pair => Same(pair.First.Value, pair.Second))) return "training changed no adapter";
        string? moved = chosenLater ? null : frozen.FirstOrDefault(tensor => !tensor.Value.IsInvalid && tensor.Value.dtype == tensor.Before.dtype && !Same(tensor.Value, tensor.Before)).Name;
        return moved is null ? null : $"training changed the base's '{moved}'";
    }

    private object Make(Type type)
    {
        if (!typeof(PretrainedModel).IsAssignableFrom(type))
        {
            ConstructorInfo constructor = type.GetConstructors().MinBy(constructor => constructor.GetParameters().Length)!;
            object own = constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]);
            type.GetMethod("AttachAdapters")!.Invoke(own, []);
            return own;
        }

        MethodInfo factory = type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).First(method => method.Name == "FromConfig");
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.Copy(Path.Combine(configs, from.RunConfig.Length > 0 ? from.RunConfig : Family(type) + "-tiny.json"), Path.Combine(folder, "config.json"));
            object config = factory.GetParameters()[0].ParameterType.GetMethod("Load", [typeof(string)])!.Invoke(null, [folder])!;
            return factory.Invoke(null, [config, .. factory.GetParameters().Skip(1).Select(parameter => parameter.DefaultValue)])!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TrainingData Rows(Type type, string[] personas) => TrainingData.FromRows(Enumerable.Range(0, 3).Select(number =>
        typeof(SequenceClassifier).IsAssignableFrom(type) ? TrainingRow.OfClass(Ids(number), number % 2)
        : typeof(EncoderDecoderModel).IsAssignableFrom(type) ? TrainingRow.OfPair(Ids(number), Ids(number + 7))
        : TrainingRow.OfText(Ids(number)))
        .Select((row, number) => row with { Adapter = personas.Length > 0 ? personas[number % personas.Length] : null }));

    private static int[] Ids(int seed) => [.. Enumerable.Range(0, 10).Select(place => 3 + ((place * 5) + (seed * 11)) % (Vocabulary - 3))];

    private static string Family(Type type)
    {
        Type family = type;
        while (family.Assembly != typeof(Models.LlamaForCausalLM).Assembly) family = family.BaseType!;
        return family.Name[..family.Name.IndexOf("For", StringComparison.Ordinal)].ToLowerInvariant();
    }

    private static Type Closed(Type type) => !type.ContainsGenericParameters ? type : type.MakeGenericType([.. type.GetGenericArguments()
        .Select(parameter => parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint) ? typeof(int) : typeof(object))]);

    private static bool IsDeclared(Type type) => !type.IsAbstract && typeof(nn.Module).IsAssignableFrom(type)
        && type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Append(type)
            .Any(member => member is Type or FieldInfo or PropertyInfo && Has(member, Adapter));

    private static bool Has(MemberInfo member, Type attribute) => member.GetCustomAttributes(attribute, inherit: false).Length > 0;

    /// <summary>Whether the name has the part between dots, or before an underscore.</summary>
    private static bool IsPart(string name, string part)
    {
        string whole = $".{name}.";
        return whole.Contains(part.EndsWith('.') ? $".{part}" : $".{part}.", StringComparison.Ordinal) || whole.Contains($".{part}_", StringComparison.Ordinal);
    }

    private static bool Same(Tensor first, Tensor second) => first.allclose(second, rtol: 0, atol: 0, equal_nan: true);
}
