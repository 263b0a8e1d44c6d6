using Microsoft.CodeAnalysis;

namespace Peft.Declarative.Generators.Parse;

/// <summary>The generated members by their signatures. A member of the user with the same signature replaces the generated one.</summary>
internal static class GeneratedMembers
{
    private const string Data = KnownNames.Library + ".TrainingData";
    private const string Cancellation = "System.Threading.CancellationToken";

    // For all models, for families, for a user's own modules.
    private static readonly (string Name, string[] Parameters, bool? OfFamilies)[] Methods =
    [
        ("AttachAdapters", [], null),
        ("Evaluate", [Data, Cancellation], null),
        ("FromPretrained", ["System.String", "TorchSharp.torch.Device"], true),
        ("FromConfig", ["", "TorchSharp.torch.Device", "System.Int32"], true),
        ("LoadAdapter", ["System.String", "System.String"], false),
        ("Merge", [], false),
        ("SaveAdapter", ["System.String"], false),
        ("SumLoss", [KnownNames.Library + ".MicroBatch"], false),
        ("Train", [Data, $"System.IProgress<{KnownNames.Library}.TrainingProgress>", Cancellation], null),
        ("Unmerge", [], false),
    ];

    private static readonly (string Name, string Type)[] Properties =
        [("Adapters", KnownNames.AdapterSet), ("Plan", KnownNames.Library + ".TrainingPlan")];

    /// <summary>Gets the names of the generated members that the user wrote.</summary>
    internal static IEnumerable<string> Written(INamedTypeSymbol type, bool isFamily) => Methods
        .Where(method => method.OfFamilies != !isFamily && Visible(type, method.Name).Any(written => Fits(written, method.Parameters)))
        .Select(method => method.Name)
        .Concat(Properties.Where(property => Declared(type, property.Name).Any(written => Fits(written, property.Type))).Select(property => property.Name));

    /// <summary>Gets the names that the user gave to other members, with which the generated ones would conflict.</summary>
    internal static IEnumerable<string> Clashing(INamedTypeSymbol type, bool isFamily) => Methods
        .Where(method => method.OfFamilies != !isFamily && Declared(type, method.Name).Any(written => written is not IMethodSymbol))
        .Select(method => method.Name)
        .Concat(Properties.Where(property => Declared(type, property.Name).Any(written => !Fits(written, property.Type))).Select(property => property.Name));

    /// <summary>Describes the purpose of a member in a sentence.</summary>
    internal static string InWords(string name) => name switch
    {
        "Adapters" => "the set of its adapters",
        "Plan" => "the plan that its training follows",
        _ => "a method of that name",
    };

    /// <summary>Gets the user's methods with a name, including those of classes between this one and the family.</summary>
    private static IEnumerable<IMethodSymbol> Visible(INamedTypeSymbol type, string name) => type.BaseTypesAndSelf()
        .Where(t => !t.DeclaringSyntaxReferences.IsEmpty)
        .SelectMany(t => t.GetMembers(name).OfType<IMethodSymbol>().Where(method => !method.IsGenerated()).Where(method => SymbolEqualityComparer.Default.Equals(t, type) || method.DeclaredAccessibility != Accessibility.Private));

    private static IEnumerable<ISymbol> Declared(INamedTypeSymbol type, string name) => type.GetMembers(name).Where(member => !member.IsImplicitlyDeclared && !member.IsGenerated());

    private static bool Fits(IMethodSymbol written, string[] parameters) => written.Parameters.Length == parameters.Length && written.Arity == 0
        && written.Parameters.Zip(parameters, (parameter, wanted) => wanted.Length == 0 || (parameter.RefKind == RefKind.None && parameter.Type.HasName(wanted))).All(fits => fits);

    private static bool Fits(ISymbol written, string type) => written switch
    {
        IPropertySymbol property => property.Type.Is(type),
        IFieldSymbol field => field.Type.Is(type),
        _ => false,
    };
}
