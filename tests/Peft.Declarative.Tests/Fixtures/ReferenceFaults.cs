using System.Text.Json;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>What the reference libraries themselves get wrong, from a list with the reasons: Data/reference-faults.json.</summary>
internal static class ReferenceFaults
{
    private sealed record Fault(string Method, string[] Models, string Part, string Reason);

    private static readonly Fault[] All = JsonSerializer.Deserialize<Fault[]>(
        File.ReadAllText(TestData.Small("reference-faults.json")),
        JsonSerializerOptions.Web)!;

    /// <summary>The parts of one kind that deviate, such as "combination: rsLoRA".</summary>
    internal static string[] PartsOf(string kind) => [.. All.Select(fault => fault.Part).Where(part => part.StartsWith(kind + ":", StringComparison.Ordinal))];

    /// <summary>Why a part of what was recorded for a case is wrong; null if it is not.</summary>
    internal static string? Of(FixtureCase fixture, string part) => All.FirstOrDefault(fault =>
        fault.Part == part && fault.Method == fixture.Json["method"]?.GetValue<string>() && fault.Models.Contains(fixture.ModelType))?.Reason;
}
