using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RuleLab : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "rule_draft",
                columns: table => new
                {
                    rule = table.Column<string>(type: "TEXT", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    base_hash = table.Column<string>(type: "TEXT", nullable: false),
                    edited_by = table.Column<string>(type: "TEXT", nullable: false),
                    edited_at = table.Column<long>(type: "INTEGER", nullable: false),
                    editors = table.Column<string>(type: "TEXT", nullable: false),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    asked_by = table.Column<string>(type: "TEXT", nullable: true),
                    asked_by_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    returned_by = table.Column<string>(type: "TEXT", nullable: true),
                    returned_why = table.Column<string>(type: "TEXT", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rule_draft", x => x.rule);
                });

            migrationBuilder.CreateTable(
                name: "rule_proof",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    rule = table.Column<string>(type: "TEXT", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    others_hash = table.Column<string>(type: "TEXT", nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    by = table.Column<string>(type: "TEXT", nullable: false),
                    may_publish = table.Column<bool>(type: "INTEGER", nullable: false),
                    report = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rule_proof", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "rule_publication",
                columns: table => new
                {
                    rule = table.Column<string>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    asked_by = table.Column<string>(type: "TEXT", nullable: false),
                    published_by = table.Column<string>(type: "TEXT", nullable: false),
                    proof_id = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rule_publication", x => new { x.rule, x.number });
                });

            migrationBuilder.CreateIndex(
                name: "ix_rule_proof_rule_hash_at",
                table: "rule_proof",
                columns: new[] { "rule", "hash", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "rule_draft");

            migrationBuilder.DropTable(
                name: "rule_proof");

            migrationBuilder.DropTable(
                name: "rule_publication");
        }
    }
}
