using System.Text.Json;
using Peft.Declarative.Checkpoints;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>The reference data of PEFT_SCHEDULES: schedules, optimisers and clipping.</summary>
internal static class ScheduleData
{
    internal static string Folder { get; } = TestData.Folder("PEFT_SCHEDULES", "schedules")
        ?? throw new DirectoryNotFoundException("The repository's own copy of the schedules is missing.");

    internal static JsonElement Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file)));
        return document.RootElement.Clone();
    }

    internal static bool Has(string file) => File.Exists(Path.Combine(Folder, file));

    internal static TheoryData<string> CaseNames(string file, Func<JsonElement, bool>? where = null) =>
        Has(file) ? [.. Read(file).GetProperty("cases").EnumerateArray().Where(where ?? (_ => true)).Select(item => item.GetProperty("name").GetString()!)] : [];

    internal static JsonElement Case(string file, string name) =>
        Read(file).GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);

    /// <summary>All tensors of a file, as copies of our own.</summary>
    internal static Dictionary<string, Tensor> Tensors(string file)
    {
        using SafetensorsFile source = SafetensorsFile.Open(Path.Combine(Folder, file));
        return source.Names.ToDictionary(name => name, name => source.Read(name).clone());
    }

    internal static double Number(this JsonElement item, string name, double otherwise) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : otherwise;

    internal static bool Flag(this JsonElement item, string name, bool otherwise = false) =>
        item.TryGetProperty(name, out JsonElement value) ? value.GetBoolean() : otherwise;

    internal static void AssertClose(Tensor expected, Tensor actual, double absolute, double relative, string what)
    {
        if (!allclose(actual, expected, relative, absolute))
        {
            Assert.Fail($"{what}: greatest difference {actual.sub(expected).abs().max().item<float>()}");
        }
    }
}
