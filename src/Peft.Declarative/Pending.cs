#pragma warning disable
using System.Text.Json.Nodes; using static TorchSharp.torch; using TorchSharp;
namespace Peft.Declarative.Text { public static class Tokenizer { public static ITokenizer Load(string d)=>null!; } }
