// expect: PEFT* at AdapterFusion
using Peft.Declarative;
using Peft.Declarative.Models;
[AdapterFusion("a", "b")]
public sealed partial class Persona : LlamaForCausalLM;
