using System.Text.Json.Nodes;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Tests.Checkpoints;

public sealed class JsonFileTests : IDisposable
{
    private readonly TemporaryFolder directory = new();

    [Theory]
    [InlineData("{\n\"a\": 1,\n\"b\": tru }", "line 3")]
    [InlineData("{\n\"a\": 1,\n}", "line 3")]
    [InlineData("", "line 1")]
    [InlineData("{", "line 1")]
    [InlineData("{} x", "line 1")]
    [InlineData("[1]", "does not hold an object")]
    [InlineData("null", "does not hold an object")]
    [InlineData("{\"a\":{\"b\":1,\n\"b\":2}}", "b")]
    [InlineData("{\n\"a\": \"\\ud800\"}", "line 2: a string holds half of a surrogate pair")]
    [InlineData("{\"\\udc00\": 1}", "line 1: a string holds half of a surrogate pair")]
    public void ReadObject_BrokenText_SaysFileLineAndReason(string text, string expected)
    {
        PeftException error = Fails(text);

        Assert.Equal("PEFT504", error.Id);
        Assert.Contains(directory["file"], error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void ReadObject_DeepNesting_IsRefused() =>
        Assert.Contains("depth", Fails("{\"a\":" + new string('[', 1_000_000)).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void ReadObject_NotUtf8_IsRefused()
    {
        File.WriteAllBytes(directory["file"], [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']);

        Assert.Contains("not UTF-8", Assert.Throws<PeftException>(() => JsonFile.ReadObject(directory["file"])).Message);
    }

    [Fact]
    public void ReadObject_LargerThanTheLimit_IsNotRead()
    {
        using (FileStream stream = File.Create(directory["file"]))
        {
            stream.SetLength(JsonFile.MaxLength + 1);
        }

        Assert.Contains("more than the 67,108,864", Assert.Throws<PeftException>(() => JsonFile.ReadObject(directory["file"])).Message);
    }

    [Fact]
    public void ReadObject_MissingFile_SaysSo() =>
        Assert.Contains("does not exist", Assert.Throws<PeftException>(() => JsonFile.ReadObject(directory["none"])).Message);

    [Fact]
    public void ReadObject_ByteOrderMark_IsPassedOver()
    {
        File.WriteAllBytes(directory["file"], [0xEF, 0xBB, 0xBF, .. "{\"a\": 0.10}"u8]);

        JsonObject read = JsonFile.ReadObject(directory["file"]);

        Assert.Equal("0.10", read["a"]!.ToJsonString());
    }

    [Fact]
    public void PythonJson_EveryKindOfValue_IsWrittenAsPythonDoes()
    {
        JsonObject value = new()
        {
            ["z"] = new JsonArray(1, "x", new JsonObject { ["b"] = true, ["a"] = null }),
            ["empty"] = new JsonObject(),
            ["none"] = new JsonArray(),
            ["text"] = "é\"\\\u007f\n/<😀",
            ["numbers"] = new JsonArray(1.0, 0.1, 1e-5, 1e15, 1e20, -0.0, 0.1f, 3L, JsonNode.Parse("1.50")),
        };

        string expected = """
            {
              "empty": {},
              "none": [],
              "numbers": [
                1.0,
                0.1,
                1e-05,
                1000000000000000.0,
                1e+20,
                -0.0,
                0.1,
                3,
                1.50
              ],
              "text": "\u00e9\"\\\u007f\n/<\ud83d\ude00",
              "z": [
                1,
                "x",
                {
                  "a": null,
                  "b": true
                }
              ]
            }
            """;
        Assert.Equal(expected, PythonJson.Write(value));
    }

    [Fact]
    public void PythonJson_NotANumber_IsRefused() =>
        Assert.Contains("NaN", Assert.Throws<PeftException>(() => PythonJson.Write(new JsonObject { ["x"] = double.NaN })).Message);

    public void Dispose() => directory.Dispose();

    private PeftException Fails(string text)
    {
        File.WriteAllText(directory["file"], text);
        return Assert.Throws<PeftException>(() => JsonFile.ReadObject(directory["file"]));
    }
}
